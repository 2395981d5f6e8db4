create table leader_newer (id int primary key);
