-- Who applies the migrations, on MySQL and MariaDB. Replace ${schema} (the database) and ${role},
-- such as 'orders_owner'@'%'.
grant select, insert, update, delete, create, alter, drop, index, references, create view, show view on ${schema}.* to ${role};
