-- For the fence, and the only column that a fence may update. It does where its share lock would not hold off a
-- take-over: across the nodes of Galera and Group Replication, and past an XA PREPARE on MariaDB.
-- One statement, so that there is nothing between done and not done.
alter table ${prefix}leader_term
  add column fence_touch bigint not null default 0
    comment 'means nothing; counted up by fences where a share lock on the row is not enough (Galera, Group Replication, XA)';
