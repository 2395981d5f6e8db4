package io.github.leaderlease.jdbc;

import io.github.leaderlease.spi.Dialect;
import io.github.leaderlease.spi.ElectionVersion;
import io.github.leaderlease.spi.TableNames;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The statements of the protocol, once for all databases: a dialect fills in expressions only.
 *
 * <p>{@code <names>} and {@code <keys>} are lists that are bound at run time. The order of the statements within a
 * transaction is the store's business: term first, lease second, everywhere.
 */
final class LeaseSql {

    final String read;
    final String endObserved;
    final String endOwn;
    final String newest;
    final String insertLease;
    final String takeLease;
    final String insertTerm;
    final String vacate;
    final Optional<String> takeVacant;
    final Optional<String> takeover;
    final Optional<String> releaseAtOnce;
    final Optional<ManySql> many;
    final Optional<String> renewMany;
    final Optional<String> readChanged;
    final String pickOwn;
    final String renewPicked;
    final String held;
    final String standing;
    final String pickOpen;
    final String endPicked;
    final String vacatePicked;
    final String endReasons;

    LeaseSql(Dialect dialect, TableNames tables) {
        Texts texts = new Texts(dialect, tables);
        read = texts.fill(READ);
        endObserved = texts.fill(END_OBSERVED);
        endOwn = texts.fill(END_OBSERVED + " and holder_id = :holderId");
        newest = texts.fill(NEWEST);
        insertLease = texts.fill(INSERT_LEASE);
        takeLease = texts.fill(TAKE_LEASE);
        insertTerm = texts.fill(INSERT_TERM);
        vacate = texts.fill(VACATE);
        boolean arrays = dialect.arrays(List.of("name text")).isPresent();
        boolean fenced = dialect.exclusiveFence(tables.term(), Duration.ZERO).isPresent();
        takeVacant = Optional.of(TAKE_VACANT).filter(text -> arrays).map(texts::fill);
        takeover = Optional.of(TAKEOVER).filter(text -> arrays && fenced).map(texts::fill);
        releaseAtOnce =
                Optional.of(RELEASE_AT_ONCE).filter(text -> arrays && fenced).map(texts::fill);
        many = dialect.exclusiveFences().map(fences -> new ManySql(fences, texts));
        renewMany = texts.keys().map(keys -> texts.fill(RENEW_MANY.replace("{keys}", keys)));
        readChanged = texts.followed().map(known -> texts.fill(READ_CHANGED.replace("{followed}", known)));
        pickOwn = texts.fill(PICK_OWN);
        renewPicked = texts.fill(RENEW_PICKED);
        held = texts.fill(HELD);
        standing = texts.fill(STANDING);
        pickOpen = texts.fill(PICK_OPEN);
        endPicked = texts.fill(END_PICKED);
        vacatePicked = texts.fill(VACATE_PICKED);
        endReasons = texts.fill(END_REASONS);
    }

    /** One row even when no election is there: the incarnation must come from the same statement as the rows. */
    private static final String READ = """
            select i.incarnation, i.refuses_writes, i.session_mark, n.election_name,
                   l.token, l.renewal, l.holder_id, l.heir_node_id, l.ttl_ms, l.acquired_incarnation, {age} as age_ms,
                   t.token as term_token, t.holder_id as term_holder, t.node_name, t.metadata,
                   t.ttl_ms as term_ttl_ms, {started} as started_ms
            from (select {incarnation} as incarnation, {standing}) i
            left join (select election_name from {lease} where election_name in (<names>)
                       union
                       select x.election_name from {term} x where {anyOpen}) n on 1 = 1
            left join {lease} l on l.election_name = n.election_name
            left join {term} t on {open}
            """;

    /**
     * The same for arrays, and of the elections only those that are not as known; with the end of the term told of. Row by
     * row through the indexes (lateral, with a limit): a plan that was made while the tables were small must not join ten
     * thousand with ten thousand later, which took five seconds instead of fifty milliseconds.
     */
    private static final String READ_CHANGED = """
            select i.incarnation, i.refuses_writes, i.session_mark, n.election as election_name,
                   n.token, n.renewal, n.holder_id, n.heir_node_id, n.ttl_ms, n.acquired_incarnation, n.age_ms,
                   n.term_token, n.term_holder, n.node_name, n.metadata, n.term_ttl_ms, n.started_ms, e.end_reason
            from (select {incarnation} as incarnation, {standing}) i
            left join (select k.election, k.told, l.token, l.renewal, l.holder_id, l.heir_node_id, l.ttl_ms,
                              l.acquired_incarnation, {age} as age_ms, t.token as term_token, t.holder_id as term_holder, t.node_name, t.metadata,
                              t.ttl_ms as term_ttl_ms, {started} as started_ms
                       from {followed} k
                       left join lateral (select * from {lease}
                                          where election_name = k.election limit 1) l on true
                       left join lateral (select * from {term}
                                          where election_name = k.election and ended_at is null limit 1) t on true
                       where coalesce(l.token, 0) != k.token or coalesce(l.renewal, 0) != k.renewal
                          or coalesce(t.token, 0) != k.term) n on true
            left join lateral (select end_reason from {term} where election_name = n.election and token = n.told
                               and ended_at is not null limit 1) e on true
            """;

    private static final String END_OBSERVED = """
            update {term} set ended_at = {now}, end_reason = :reason
            where election_name = :election and token = :token and ended_at is null""";

    private static final String NEWEST = """
            select {incarnation} as incarnation, {standing}, {nowMillis} as now_ms,
                   (select max(token) from {term} where election_name = :election) as token
            """;

    private static final String INSERT_LEASE = """
            insert into {lease} (election_name, token, renewal, holder_id, ttl_ms,
                                 renewed_at, expires_at, acquired_incarnation)
            values (:election, :token, 0, :holderId, :ttl, {now}, {nowPlusNewTtl}, :incarnation)
            """;

    private static final String TAKE_LEASE = """
            update {lease}
            set token = :token, renewal = 0, holder_id = :holderId, ttl_ms = :ttl,
                renewed_at = {now}, expires_at = {nowPlusNewTtl},
                acquired_incarnation = :incarnation, step_down_token = null, heir_node_id = null
            where election_name = :election and token = :observedToken and renewal = :observedRenewal
            """;

    private static final String INSERT_TERM = """
            insert into {term} (election_name, token, holder_id, node_name, metadata, ttl_ms, started_at)
            values (:election, :token, :holderId, :nodeName, :metadata, :ttl, {now})
            """;

    /** The same as {@link #NEWEST}, for statements that do all at once. */
    static final String PRESENT = """
            present as (
                select {incarnation} as incarnation, {nowMillis} as now_ms,
                       (select max(token) from {term} where election_name = :election) as newest)""";

    /** The same as {@link #TAKE_LEASE}, with the token that follows from what is present. */
    static final String TAKE = """
            update {lease} l
                set token = greatest(p.now_ms, 1 + greatest(:highestToken, :observedToken, coalesce(p.newest, 0))),
                    renewal = 0, holder_id = :holderId, ttl_ms = :ttl, renewed_at = {now}, expires_at = {nowPlusNewTtl},
                    acquired_incarnation = :incarnation, step_down_token = null, heir_node_id = null""";

    /**
     * The new term in one statement, for an election without an open one: there is nothing to end, and no fence to wait for.
     * A lost compare-and-set changes nothing, for then there is no row to insert a term for.
     */
    private static final String TAKE_VACANT = """
            with {present},
            taken as (
                {take}
                from present p
                where l.election_name = :election and l.token = :observedToken and l.renewal = :observedRenewal
                  and p.incarnation = :incarnation
                returning l.token)
            insert into {term} (election_name, token, holder_id, node_name, metadata, ttl_ms, started_at)
            select :election, taken.token, :holderId, :nodeName, :metadata, :ttl, {now} from taken
            returning token
            """;

    /**
     * A takeover in one statement, which leaves nobody the time to freeze in the middle of it. The order is as everywhere:
     * fence, term, lease. Should the term have been ended and the compare-and-set be lost, the new term has no token, which
     * the schema refuses: so nothing has happened at all.
     */
    private static final String TAKEOVER = """
            with fence as materialized ({fence}),
            {present},
            ended as (
                update {term} t set ended_at = {now}, end_reason = :endReason from fence, present p
                where t.election_name = :election and t.token = :openTerm and t.ended_at is null
                  and p.incarnation = :incarnation
                returning t.token),
            taken as (
                {take}
                from present p, ended e
                where l.election_name = :election and l.token = :observedToken and l.renewal = :observedRenewal
                returning l.token)
            insert into {term} (election_name, token, holder_id, node_name, metadata, ttl_ms, started_at)
            select :election, (select token from taken), :holderId, :nodeName, :metadata, :ttl, {now} from ended
            returning token
            """;

    /**
     * The end of a term in one statement. The exclusive side of the fence must be granted before the commit; it need not be
     * granted before the snapshot, for an update goes on with the newest version of its row.
     */
    private static final String RELEASE_AT_ONCE = """
            with fence as materialized ({fence}),
            ended as (
                update {term} t set ended_at = {now}, end_reason = :reason from fence
                where t.election_name = :election and t.token = :token and t.holder_id = :holderId and t.ended_at is null
                returning t.token),
            vacated as (
                update {lease} l
                set {vacated} from fence
                where l.election_name = :election and l.token = :token and l.holder_id = :holderId
                returning l.token)
            select (select count(*) from ended) + (select count(*) from vacated) as changed
            """;

    /** No held lease has such a renewal, so that whoever observed it as held cannot take this for the same state. */
    static final String VACATED = "holder_id = null, renewal = " + ElectionVersion.VACANT
            + ", expires_at = {now}, step_down_token = null, heir_node_id = {heir}";

    private static final String VACATE = """
            update {lease} set {vacated}
            where election_name = :election and token = :token and holder_id = :holderId
            """;

    /**
     * No condition on expires_at: that would turn one step of the database's clock into a mass loss. The rows are told only
     * if there is something to tell: a term that shall step down, or a lease that was not renewed.
     */
    private static final String RENEW_MANY = """
            with renewed as (
                update {lease} l
                set renewal = l.renewal + 1, renewed_at = {now}, expires_at = {nowPlusRowTtl}
                from (select own.place
                      from {keys} k
                      cross join lateral (select o.ctid as place from {lease} o
                                          where o.election_name = k.election and o.token = k.token
                                            and o.holder_id = k.holder
                                          limit 1 for update skip locked) own) mine
                where l.ctid = mine.place
                returning l.election_name, l.token, l.holder_id, l.step_down_token)
            select c.renewed, r.election_name, r.token, r.holder_id, r.step_down_token
            from (select count(*) as renewed from renewed) c
            left join renewed r on r.step_down_token = r.token or c.renewed < :asked
            """;

    private static final String PICK_OWN = """
            select election_name, token, holder_id, step_down_token from {lease}
            where election_name in (<names>) for update skip locked
            """;

    private static final String RENEW_PICKED = """
            update {lease} set renewal = renewal + 1, renewed_at = {now}, expires_at = {nowPlusRowTtl}
            where election_name in (<names>)
            """;

    private static final String HELD = "select {standing}, l.election_name,"
            + " case when l.token = :token and l.holder_id = :holderId then 1 else 0 end as held"
            + " from (select 1 as one) i left join {lease} l on l.election_name = :election";

    private static final String STANDING = "select {standing}";

    /** Columns as in {@link #PICK_OWN}. */
    private static final String PICK_OPEN = """
            select x.election_name, x.token, x.holder_id, 0 as step_down_token from {term} x
            where {anyOpen} for update skip locked
            """;

    private static final String END_PICKED =
            "update {term} x set ended_at = {now}, end_reason = :reason where {anyOpen}";

    private static final String VACATE_PICKED = """
            update {lease} set {vacated}
            where election_name in (<names>)
            """;

    /** One look by the primary key for each, all in one statement: no product plans a list of pairs as well as this. */
    private static final String END_REASONS =
            "select election_name, token, end_reason from {term} where election_name = ? and token = ?"
                    + " and ended_at is not null";
}
