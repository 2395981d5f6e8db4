package io.github.leaderlease.postgresql;

import io.github.leaderlease.spi.Dialect;
import java.util.Collections;
import java.util.Optional;

/** Schemas and their tables, as the server resolves a name and as this user may use it. */
interface PostgresqlCatalog extends Dialect {

    /** With the temporary schema, and without schemas that this user may not use: as the server resolves a name. */
    @Override
    default String searchPath() {
        return "select p.s from unnest(current_schemas(true)) with ordinality as p(s, n)"
                + " where p.s != 'pg_catalog' order by p.n";
    }

    @Override
    default String relations(int names) {
        return """
                select c.relname,
                       case when c.relkind = 'r' then case c.relpersistence
                                when 'p' then 'table'
                                when 't' then 'temporary table'
                                else 'unlogged table, which a crash of the server empties' end
                            when c.relkind = 'v' then 'view'
                            when c.relkind = 'm' then 'materialized view'
                            when c.relkind = 'f' then 'foreign table'
                            when c.relkind = 'p' then 'partitioned table'
                            else 'relation of kind ' || c.relkind::text end
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = ? and c.relname in (%s)
                """.formatted(String.join(", ", Collections.nCopies(names, "?")));
    }

    @Override
    default Optional<String> tablesElsewhere() {
        return Optional.of("""
                select 'one in schema ' || n.nspname || ', which '
                       || case when not has_schema_privilege(n.oid, 'USAGE')
                               then 'this user may not use (grant usage on schema ' || quote_ident(n.nspname) || ' to '
                                    || quote_ident(current_user) || ')'
                               when n.nspname = any(current_schemas(true)) then 'is on the search path'
                               else 'is not on the search path (' || current_setting('search_path') || ')' end
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where c.relname = ? and c.relkind in ('r', 'v', 'm', 'f', 'p') and n.nspname not like 'pg\\_%'
                order by 1 limit 5
                """);
    }

    /** Rows that a policy hides would look as if they were not there; a policy that hides none is no obstacle. */
    @Override
    default Optional<String> obstacles() {
        return Optional.of("""
                with t as (select c.oid, c.relnamespace, format('%I.%I', n.nspname, c.relname) as name
                           from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                           where n.nspname = ? and c.relname = ?),
                p as (select p.polpermissive, p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) = 'true'
                             and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true' as hides_nothing
                      from pg_catalog.pg_policy p join t on p.polrelid = t.oid
                      where 0 = any(p.polroles)
                         or exists (select from unnest(p.polroles) as r(oid) where r.oid != 0 and pg_has_role(r.oid, 'USAGE')))
                select format('this database user (%s) lacks usage on schema %I: grant usage on schema %I to %I',
                              current_user, s.nspname, s.nspname, current_user)
                from t join pg_catalog.pg_namespace s on s.oid = t.relnamespace
                where not has_schema_privilege(s.oid, 'USAGE')
                union all
                select format('row level security is active on %s for this database user (%s) and may hide rows, so that'
                              || ' leaders would go unseen: alter table %s disable row level security, or give it a policy'
                              || ' "for all to %I using (true)", or alter role %I bypassrls',
                              t.name, current_user, t.name, current_user, current_user)
                from t where row_security_active(t.oid)
                         and (exists (select from p where not p.polpermissive)
                              or not exists (select from p where p.polpermissive and p.hides_nothing))
                """);
    }

    @Override
    default String place() {
        return "select 'database ' || current_database()"
                + " || coalesce(' at ' || host(inet_server_addr()) || ':' || inet_server_port(), '')";
    }
}
