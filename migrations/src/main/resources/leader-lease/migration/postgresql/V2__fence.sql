-- For the fence. PostgreSQL lets a role lock a row with "for share" only if it may update one column of that row at
-- least: with a column that means nothing, a role can be given the right to fence and nothing else.
-- The default is constant, so that no row is rewritten.
alter table ${prefix}leader_term add column fence_touch bigint not null default 0;

comment on column ${prefix}leader_term.fence_touch is 'Never written here: exists so that a role can be given the right to lock a term''s row, as a fence does, and nothing else.';
