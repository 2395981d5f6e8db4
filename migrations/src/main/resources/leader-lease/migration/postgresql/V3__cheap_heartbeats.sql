-- PostgreSQL evaluates the checks of a row at each update, also for columns that did not change, and the pattern for names
-- cost two thirds of a heartbeat. No term begins without a row in leader_term, which keeps the same check.
alter table ${prefix}leader_lease drop constraint ${prefix}leader_lease_name_check;
