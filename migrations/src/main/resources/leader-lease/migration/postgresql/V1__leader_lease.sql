-- Names are compared byte by byte (collate "C") and limited to plain ASCII, so that two
-- spellings can never be one election. No index on expires_at or renewed_at: heartbeats
-- update both, and without an index on them they stay HOT updates; fillfactor 50 leaves room for these.
-- The pattern for names is checked in leader_term only, without a row in which no term begins: here PostgreSQL would
-- evaluate it at each heartbeat, and it cost two thirds of one.
create table ${prefix}leader_lease (
  election_name        varchar(190) collate "C" not null,
  token                bigint                   not null,
  renewal              bigint                   not null,
  holder_id            varchar(32)  collate "C",
  ttl_ms               bigint                   not null,
  renewed_at           timestamptz              not null,
  expires_at           timestamptz              not null,
  acquired_incarnation varchar(200) collate "C" not null,
  step_down_token      bigint,
  heir_node_id         varchar(32)  collate "C",
  constraint ${prefix}leader_lease_pk primary key (election_name),
  constraint ${prefix}leader_lease_ttl_check check (ttl_ms > 0)
) with (fillfactor = 50);

-- Not tied to leader_lease by a foreign key: that would couple the locks of fence and heartbeat.
-- fence_touch: PostgreSQL lets a role lock a row with "for share" only if it may update one column of that row at least.
-- With a column that means nothing, a role can be given the right to fence and nothing else.
create table ${prefix}leader_term (
  election_name varchar(190) collate "C" not null,
  token         bigint                   not null,
  holder_id     varchar(32)  collate "C" not null,
  node_name     varchar(190)             not null,
  metadata      varchar(4000),
  ttl_ms        bigint                   not null,
  started_at    timestamptz              not null,
  ended_at      timestamptz,
  end_reason    varchar(20)  collate "C",
  fence_touch   bigint                   not null default 0,
  constraint ${prefix}leader_term_pk primary key (election_name, token),
  constraint ${prefix}leader_term_name_check check (election_name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,189}$'),
  constraint ${prefix}leader_term_ttl_check check (ttl_ms > 0),
  constraint ${prefix}leader_term_end_check check ((ended_at is null) = (end_reason is null))
);

-- One open term per election: this index is what makes a second leader impossible.
create unique index ${prefix}leader_term_open on ${prefix}leader_term (election_name) where ended_at is null;

-- Who stands for what: hints, for people and for a leader that resigns and names its heir. No right to lead follows from
-- them: rows that are wrong, missing or locked cost a handover a part of a second, and nothing else.
create table ${prefix}leader_node (
  node_id    varchar(32)  collate "C" not null,
  node_name  varchar(190)             not null,
  label      varchar(190),
  ttl_ms     bigint                   not null,
  started_at timestamptz              not null,
  renewed_at timestamptz              not null,
  constraint ${prefix}leader_node_pk primary key (node_id)
) with (fillfactor = 50);

create table ${prefix}leader_candidate (
  election_name varchar(190) collate "C" not null,
  holder_id     varchar(32)  collate "C" not null,
  node_id       varchar(32)  collate "C" not null,
  priority      integer                  not null,
  eligible      smallint                 not null,
  since         timestamptz              not null,
  constraint ${prefix}leader_candidate_pk primary key (election_name, holder_id)
);

create index ${prefix}leader_candidate_node on ${prefix}leader_candidate (node_id);

-- Tells this set of tables from every other one: two nodes that show different ids do not compete with each other.
create table ${prefix}leader_installation (
  only_row        smallint                 not null default 1,
  installation_id varchar(36) collate "C"  not null,
  created_at      timestamptz              not null,
  constraint ${prefix}leader_installation_pk primary key (only_row),
  constraint ${prefix}leader_installation_one_check check (only_row = 1)
);

insert into ${prefix}leader_installation (installation_id, created_at)
values (cast(gen_random_uuid() as text), clock_timestamp());

create view ${prefix}leader_status as
select l.election_name,
       case when l.holder_id is not null then t.node_name end as leader,
       l.token,
       case when l.holder_id is not null then t.started_at end as since,
       case when l.holder_id is not null
            then round(extract(epoch from l.expires_at - clock_timestamp())::numeric, 3) end as seconds_left,
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
                   limit 1) end as last_end_reason
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
       n.renewed_at + n.ttl_ms * interval '1 millisecond' > clock_timestamp() as present,
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
comment on column ${prefix}leader_lease.expires_at is 'renewed_at + ttl_ms. For people; nothing decides by it. Do not index.';
comment on column ${prefix}leader_lease.acquired_incarnation is 'The database incarnation in which the last term was acquired; changes at failover.';
comment on column ${prefix}leader_lease.step_down_token is 'Somebody asks the holder of this token to step down.';
comment on column ${prefix}leader_lease.heir_node_id is 'The process that shall take the vacant lease first, by the choice of whoever released it; a hint.';
comment on table ${prefix}leader_term is 'Leader election: one row per term, written at its start and ended once. Ended rows may be deleted, the newest of an election should stay.';
comment on column ${prefix}leader_term.token is 'The fencing token: larger for each later term.';
comment on column ${prefix}leader_term.node_name is 'Name of the leading node, for people; not its identity.';
comment on column ${prefix}leader_term.metadata is 'What the leader tells the others, such as its address. Untrusted text.';
comment on column ${prefix}leader_term.ended_at is 'null = the open term; at most one per election.';
comment on column ${prefix}leader_term.end_reason is 'Why the term ended, such as EXPIRED or RESIGNED; null while open.';
comment on column ${prefix}leader_term.fence_touch is 'Never written here: exists so that a role can be given the right to lock a term''s row, as a fence does, and nothing else.';
comment on table ${prefix}leader_node is 'Leader election: one row per process that stands for elections, renewed every few seconds. Hints; nothing decides by them.';
comment on column ${prefix}leader_node.label is 'What the process tells of itself, such as a version or zone. Untrusted text.';
comment on column ${prefix}leader_node.ttl_ms is 'A process that has not renewed for so long is taken for gone.';
comment on table ${prefix}leader_candidate is 'Leader election: one row per process and election that it stands for. Hints; nothing decides by them.';
comment on column ${prefix}leader_candidate.priority is 'Who leads next: the highest goes first.';
comment on column ${prefix}leader_candidate.eligible is '0: it would not lead now, such as while it is suspended, or after a job that failed.';
comment on view ${prefix}leader_candidates is 'Who stands for what, for people; rows of a process that crashed stay for some minutes, with present = false.';
comment on table ${prefix}leader_installation is 'Leader election: one row, written once, that names this set of tables. Never change it while candidates run.';
comment on column ${prefix}leader_installation.installation_id is 'Random; nodes that show the same id, and the same database, use the same tables.';
comment on index ${prefix}leader_term_open is 'At most one open term per election. Never drop it: leadership is not safe without it.';
comment on view ${prefix}leader_status is 'Who leads what, for people. leader is null when vacant; seconds_left is by the database clock and may be negative.';
