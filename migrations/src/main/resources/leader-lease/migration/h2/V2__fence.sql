-- Nothing to add: on the other databases this is a column that a fence may update. H2 locks the row of a term without
-- one and grants no rights for single columns. And it must not be added for symmetry: "alter table" rebuilds the table
-- here, and in a database opened with IGNORECASE=TRUE that makes its columns ignore case, which would turn elections
-- whose names differ only in case into one.
-- What is left is to fail, as elsewhere, where the table is missing.
select token from ${prefix}leader_term where 1 = 0;
