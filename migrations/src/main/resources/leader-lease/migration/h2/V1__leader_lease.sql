-- varchar_casesensitive: stays case-sensitive in a database opened with IGNORECASE=TRUE. Names are limited
-- to plain ASCII without spaces, so that two spellings can never be one election. The name check is two
-- patterns and has no dollar sign, which would let a trailing line feed pass.
create table ${prefix}leader_lease (
  election_name        varchar_casesensitive(190)  not null,
  token                bigint                      not null,
  renewal              bigint                      not null,
  holder_id            varchar_casesensitive(32),
  ttl_ms               bigint                      not null,
  renewed_at           timestamp(3) with time zone not null,
  expires_at           timestamp(3) with time zone not null,
  acquired_incarnation varchar_casesensitive(200)  not null,
  step_down_token      bigint,
  heir_node_id         varchar_casesensitive(32),
  constraint ${prefix}leader_lease_pk primary key (election_name),
  constraint ${prefix}leader_lease_name_check
    check (regexp_like(election_name, '^[A-Za-z0-9]', 'c') and not regexp_like(election_name, '[^A-Za-z0-9._:/-]', 'c')),
  constraint ${prefix}leader_lease_ttl_check check (ttl_ms > 0)
);

-- Not tied to leader_lease by a foreign key: that would couple the locks of fence and heartbeat. No column fence_touch as on
-- the other databases: H2 locks the row of a term without one and grants no rights for single columns.
create table ${prefix}leader_term (
  election_name varchar_casesensitive(190)  not null,
  token         bigint                      not null,
  holder_id     varchar_casesensitive(32)   not null,
  node_name     varchar_casesensitive(190)  not null,
  metadata      varchar_casesensitive(4000),
  ttl_ms        bigint                      not null,
  started_at    timestamp(3) with time zone not null,
  ended_at      timestamp(3) with time zone,
  end_reason    varchar_casesensitive(20),
  open_election varchar_casesensitive(190) generated always as (case when ended_at is null then election_name end),
  constraint ${prefix}leader_term_pk primary key (election_name, token),
  constraint ${prefix}leader_term_name_check
    check (regexp_like(election_name, '^[A-Za-z0-9]', 'c') and not regexp_like(election_name, '[^A-Za-z0-9._:/-]', 'c')),
  constraint ${prefix}leader_term_ttl_check check (ttl_ms > 0),
  constraint ${prefix}leader_term_end_check check ((ended_at is null) = (end_reason is null))
);

-- One open term per election: this index is what makes a second leader impossible. "nulls distinct" is
-- the default but in some compatibility modes.
create unique nulls distinct index ${prefix}leader_term_open on ${prefix}leader_term (open_election);

-- Who stands for what: hints, for people and for a leader that resigns and names its heir. No right to lead follows from
-- them: rows that are wrong, missing or locked cost a handover a part of a second, and nothing else.
create table ${prefix}leader_node (
  node_id    varchar_casesensitive(32)   not null,
  node_name  varchar_casesensitive(190)  not null,
  label      varchar_casesensitive(190),
  ttl_ms     bigint                      not null,
  started_at timestamp(3) with time zone not null,
  renewed_at timestamp(3) with time zone not null,
  constraint ${prefix}leader_node_pk primary key (node_id)
);

create table ${prefix}leader_candidate (
  election_name varchar_casesensitive(190)  not null,
  holder_id     varchar_casesensitive(32)   not null,
  node_id       varchar_casesensitive(32)   not null,
  priority      integer                     not null,
  eligible      smallint                    not null,
  since         timestamp(3) with time zone not null,
  constraint ${prefix}leader_candidate_pk primary key (election_name, holder_id)
);

create index ${prefix}leader_candidate_node on ${prefix}leader_candidate (node_id);

-- Tells this set of tables from every other one: two nodes that show different ids do not compete with each other.
create table ${prefix}leader_installation (
  only_row        smallint                    default 1 not null,
  installation_id varchar_casesensitive(36)   not null,
  created_at      timestamp(3) with time zone not null,
  constraint ${prefix}leader_installation_pk primary key (only_row),
  constraint ${prefix}leader_installation_one_check check (only_row = 1)
);

insert into ${prefix}leader_installation (installation_id, created_at)
values (cast(random_uuid() as varchar(36)), current_timestamp(3));

-- Not datediff: it ignores the time zone that a value carries.
create view ${prefix}leader_status as
select l.election_name,
       case when l.holder_id is not null then t.node_name end as leader,
       l.token,
       case when l.holder_id is not null then t.started_at end as since,
       case when l.holder_id is not null
            then cast(extract(epoch from l.expires_at) - extract(epoch from current_timestamp) as numeric(20, 3))
            end as seconds_left,
       l.ttl_ms,
       l.renewal,
       l.renewed_at,
       case when l.holder_id is not null then t.metadata end as metadata,
       coalesce(l.holder_id is not null and l.step_down_token = l.token, false) as step_down_requested,
       case when l.holder_id is null
            then (select e.end_reason
                    from ${prefix}leader_term e
                   where e.election_name = l.election_name and e.ended_at is not null
                   order by e.token desc
                   fetch first row only) end as last_end_reason
  from ${prefix}leader_lease l
  left join ${prefix}leader_term t
    on t.election_name = l.election_name and t.token = l.token and t.ended_at is null;

create view ${prefix}leader_candidates as
select c.election_name,
       n.node_name,
       n.label,
       c.priority,
       c.eligible = 1 as eligible,
       c.since,
       n.renewed_at as last_seen,
       dateadd(millisecond, n.ttl_ms, n.renewed_at) > current_timestamp as present,
       coalesce(l.holder_id = c.holder_id, false) as leads
  from ${prefix}leader_candidate c
  join ${prefix}leader_node n on n.node_id = c.node_id
  left join ${prefix}leader_lease l on l.election_name = c.election_name;

comment on table ${prefix}leader_lease is 'Leader election: one row per election, updated by each heartbeat. Do not edit or delete rows while candidates run.';
comment on column ${prefix}leader_lease.token is 'Fencing token of the last term; only ever grows.';
comment on column ${prefix}leader_lease.renewal is 'Counts heartbeats, -1 after a release; with the token it is the version of the row.';
comment on column ${prefix}leader_lease.holder_id is 'Random id of the candidate that holds the lease; null = vacant.';
comment on column ${prefix}leader_lease.ttl_ms is 'Time to live granted to the holder; the others wait for this long.';
comment on column ${prefix}leader_lease.renewed_at is 'Last heartbeat by the database clock. For people; nothing decides by it.';
comment on column ${prefix}leader_lease.expires_at is 'renewed_at + ttl_ms. For people; nothing decides by it.';
comment on column ${prefix}leader_lease.acquired_incarnation is 'The database incarnation in which the last term was acquired.';
comment on column ${prefix}leader_lease.step_down_token is 'Somebody asks the holder of this token to step down.';
comment on column ${prefix}leader_lease.heir_node_id is 'The process that shall take the vacant lease first, by the choice of whoever released it; a hint.';
comment on table ${prefix}leader_term is 'Leader election: one row per term, written at its start and ended once. Ended rows may be deleted, the newest of an election should stay.';
comment on column ${prefix}leader_term.token is 'The fencing token: larger for each later term.';
comment on column ${prefix}leader_term.node_name is 'Name of the leading node, for people; not its identity.';
comment on column ${prefix}leader_term.metadata is 'What the leader tells the others, such as its address. Untrusted text.';
comment on column ${prefix}leader_term.ended_at is 'null = the open term; at most one per election.';
comment on column ${prefix}leader_term.end_reason is 'Why the term ended, such as EXPIRED or RESIGNED; null while open.';
comment on column ${prefix}leader_term.open_election is 'election_name while the term is open, for the unique index.';
comment on table ${prefix}leader_node is 'Leader election: one row per process that stands for elections, renewed every few seconds. Hints; nothing decides by them.';
comment on column ${prefix}leader_node.label is 'What the process tells of itself, such as a version or zone. Untrusted text.';
comment on column ${prefix}leader_node.ttl_ms is 'A process that has not renewed for so long is taken for gone.';
comment on table ${prefix}leader_candidate is 'Leader election: one row per process and election that it stands for. Hints; nothing decides by them.';
comment on column ${prefix}leader_candidate.priority is 'Who leads next: the highest goes first.';
comment on column ${prefix}leader_candidate.eligible is '0: it would not lead now, such as while it is suspended, or after a job that failed.';
comment on table ${prefix}leader_installation is 'Leader election: one row, written once, that names this set of tables. Never change it while candidates run.';
comment on column ${prefix}leader_installation.installation_id is 'Random; nodes that show the same id, and the same database, use the same tables.';
