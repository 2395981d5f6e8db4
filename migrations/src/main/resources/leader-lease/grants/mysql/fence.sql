-- A worker that fences its transactions with a term that it was handed: it can hold off the end of that term while
-- its transaction runs, but neither begin nor end one, nor change history. fence_touch means nothing.
-- Replace ${schema} (the database), ${prefix} and ${role}, such as 'worker'@'%'.
grant select, update (fence_touch) on ${schema}.${prefix}leader_term to ${role};
