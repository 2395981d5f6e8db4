-- For MySQL and MariaDB alike. Times are UTC (datetime has no time zone; we write utc_timestamp(3)).
-- Names are compared byte by byte (ascii_bin) and limited to plain ASCII without spaces, so that two
-- spellings can never be one election. The name check is two patterns and has no dollar sign, which
-- would let a trailing line feed pass. No index on expires_at: each heartbeat would have to maintain it.
create table ${prefix}leader_lease (
  election_name        varchar(190) not null,
  token                bigint       not null comment 'fencing token of the last term; only ever grows',
  renewal              bigint       not null comment 'counts heartbeats, -1 after a release; with the token it is the version of the row',
  holder_id            varchar(32)  null     comment 'random id of the candidate that holds the lease; null = vacant',
  ttl_ms               bigint       not null comment 'time to live granted to the holder; the others wait for this long',
  renewed_at           datetime(3)  not null comment 'UTC, database clock, for people; nothing decides by it',
  expires_at           datetime(3)  not null comment 'UTC, renewed_at + ttl_ms, for people; nothing decides by it; do not index',
  acquired_incarnation varchar(200) not null comment 'database incarnation in which the last term was acquired; changes at failover',
  step_down_token      bigint       null     comment 'somebody asks the holder of this token to step down',
  heir_node_id         varchar(32)  null     comment 'the process that shall take the vacant lease first, by the choice of whoever released it; a hint',
  primary key (election_name),
  constraint ${prefix}leader_lease_name_check
    check (election_name regexp '^[A-Za-z0-9]' and not election_name regexp '[^A-Za-z0-9._:/-]'),
  constraint ${prefix}leader_lease_ttl_check check (ttl_ms > 0)
) engine = InnoDB default character set ascii collate ascii_bin
  comment = 'Leader election: one row per election, updated by each heartbeat. Do not edit or delete rows while candidates run.';

-- The index leader_term_open allows one open term per election and is what makes a second leader
-- impossible. Not tied to leader_lease by a foreign key: that would couple the locks of fence and heartbeat.
-- fence_touch is the only column that a fence may update. It does where its share lock would not hold off a take-over:
-- across the nodes of Galera and Group Replication, and past an XA PREPARE on MariaDB.
create table ${prefix}leader_term (
  election_name varchar(190)  not null,
  token         bigint        not null comment 'the fencing token: larger for each later term',
  holder_id     varchar(32)   not null,
  node_name     varchar(190)  character set utf8mb4 collate utf8mb4_bin not null
                              comment 'name of the leading node, for people; not its identity',
  metadata      varchar(4000) character set utf8mb4 collate utf8mb4_bin null
                              comment 'what the leader tells the others, such as its address; untrusted text',
  ttl_ms        bigint        not null,
  started_at    datetime(3)   not null comment 'UTC',
  ended_at      datetime(3)   null     comment 'UTC; null = the open term, at most one per election',
  end_reason    varchar(20)   null     comment 'why the term ended, such as EXPIRED or RESIGNED; null while open',
  open_election varchar(190)  generated always as (case when ended_at is null then election_name end) stored
                              comment 'election_name while the term is open, for the unique index',
  fence_touch   bigint        not null default 0
                              comment 'means nothing; counted up by fences where a share lock on the row is not enough (Galera, Group Replication, XA)',
  primary key (election_name, token),
  unique index ${prefix}leader_term_open (open_election)
    comment 'at most one open term per election; never drop it: leadership is not safe without it',
  constraint ${prefix}leader_term_name_check
    check (election_name regexp '^[A-Za-z0-9]' and not election_name regexp '[^A-Za-z0-9._:/-]'),
  constraint ${prefix}leader_term_ttl_check check (ttl_ms > 0),
  constraint ${prefix}leader_term_end_check check ((ended_at is null) = (end_reason is null))
) engine = InnoDB default character set ascii collate ascii_bin
  comment = 'Leader election: one row per term, written at its start and ended once. Ended rows may be deleted, the newest of an election should stay.';

-- Who stands for what: hints, for people and for a leader that resigns and names its heir. No right to lead follows from
-- them: rows that are wrong, missing or locked cost a handover a part of a second, and nothing else.
create table ${prefix}leader_node (
  node_id    varchar(32)  not null,
  node_name  varchar(190) character set utf8mb4 collate utf8mb4_bin not null,
  label      varchar(190) character set utf8mb4 collate utf8mb4_bin null
                          comment 'what the process tells of itself, such as a version or zone; untrusted text',
  ttl_ms     bigint       not null comment 'a process that has not renewed for so long is taken for gone',
  started_at datetime(3)  not null comment 'UTC',
  renewed_at datetime(3)  not null comment 'UTC',
  primary key (node_id)
) engine = InnoDB default character set ascii collate ascii_bin
  comment = 'Leader election: one row per process that stands for elections, renewed every few seconds. Hints; nothing decides by them.';

create table ${prefix}leader_candidate (
  election_name varchar(190) not null,
  holder_id     varchar(32)  not null,
  node_id       varchar(32)  not null,
  priority      integer      not null comment 'who leads next: the highest goes first',
  eligible      smallint     not null comment '0: it would not lead now, such as while it is suspended, or after a job that failed',
  since         datetime(3)  not null comment 'UTC',
  primary key (election_name, holder_id),
  index ${prefix}leader_candidate_node (node_id)
) engine = InnoDB default character set ascii collate ascii_bin
  comment = 'Leader election: one row per process and election that it stands for. Hints; nothing decides by them.';

-- Tells this set of tables from every other one: two nodes that show different ids do not compete with each other.
create table ${prefix}leader_installation (
  only_row        smallint    not null default 1,
  installation_id varchar(36) not null comment 'nodes that show the same id, and the same server, use the same tables',
  created_at      datetime(3) not null comment 'UTC',
  primary key (only_row),
  constraint ${prefix}leader_installation_one_check check (only_row = 1)
) engine = InnoDB default character set ascii collate ascii_bin
  comment = 'Leader election: one row, written once, that names this set of tables. Never change it while candidates run.';

-- By way of a variable: a replica that is told statements instead of rows would make up an id of its own otherwise.
set @installation = uuid();
insert into ${prefix}leader_installation (installation_id, created_at)
values (@installation, utc_timestamp(3));
set @installation = null;

-- For people: leader is null when vacant; seconds_left is by the database clock and may be negative.
-- With the rights of whoever asks, so that it does not depend on the account that created it.
create sql security invoker view ${prefix}leader_status as
select l.election_name,
       case when l.holder_id is not null then t.node_name end as leader,
       l.token,
       case when l.holder_id is not null then t.started_at end as since,
       case when l.holder_id is not null
            then round(timestampdiff(microsecond, utc_timestamp(3), l.expires_at) / 1000000, 3) end as seconds_left,
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

-- For people; rows of a process that crashed stay for some minutes, with present = 0.
create sql security invoker view ${prefix}leader_candidates as
select c.election_name,
       n.node_name,
       n.label,
       c.priority,
       c.eligible = 1 as eligible,
       c.since,
       n.renewed_at as last_seen,
       timestampadd(microsecond, 1000 * n.ttl_ms, n.renewed_at) > utc_timestamp(3) as present,
       coalesce(l.holder_id = c.holder_id, false) as leads
  from ${prefix}leader_candidate c
  join ${prefix}leader_node n on n.node_id = c.node_id
  left join ${prefix}leader_lease l on l.election_name = c.election_name;
