-- Who applies the migrations; the tables belong to this role afterwards. It needs the schema to exist.
-- Replace ${schema} and ${role}.
grant usage, create on schema ${schema} to ${role};
