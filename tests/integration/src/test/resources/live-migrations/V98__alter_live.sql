alter table ${prefix}leader_lease add column live_test int;
