create table application_invoices (id int primary key);
