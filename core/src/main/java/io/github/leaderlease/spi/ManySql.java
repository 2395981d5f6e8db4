package io.github.leaderlease.spi;

/** The statements that open many terms in one transaction, on databases that take arrays. */
final class ManySql {

    final String takeFences;
    final String present;
    final String pickTerms;
    final String pickLeases;
    final String end;
    final String take;
    final String insertLeases;
    final String insertTerms;

    ManySql(String takeFences, LeaseSql.Texts texts) {
        this.takeFences = takeFences;
        present = fill(texts, PRESENT, texts.arrays("election text"));
        pickTerms = fill(texts, PICK_TERMS, texts.arrays("election text", "token bigint"));
        pickLeases = fill(texts, PICK_LEASES, texts.arrays("election text"));
        end = fill(texts, END, texts.arrays("election text", "token bigint", "reason text"));
        take = fill(texts, TAKE, texts.arrays("election text", "token bigint", "holder text", "ttl bigint"));
        insertLeases =
                fill(texts, INSERT_LEASES, texts.arrays("election text", "token bigint", "holder text", "ttl bigint"));
        insertTerms = fill(
                texts,
                INSERT_TERMS,
                texts.arrays(
                        "election text", "token bigint", "holder text", "node text", "metadata text", "ttl bigint"));
    }

    private static String fill(LeaseSql.Texts texts, String text, String arrays) {
        String expiry = texts.dialect().nowPlusMillis("k.ttl");
        return texts.fill(text.replace("{rows}", arrays).replace("{nowPlusTtl}", expiry));
    }

    private static final String PRESENT = """
            select p.incarnation, p.now_ms, k.election as election_name,
                   (select max(t.token) from {term} t where t.election_name = k.election) as newest
            from (select {incarnation} as incarnation, {nowMillis} as now_ms) p cross join {rows} k
            """;

    /** Only rows that nobody else is about to change: no waiting, hence no deadlock. */
    private static final String PICK_TERMS = """
            select t.election_name from {rows} k
            join {term} t on t.election_name = k.election and t.token = k.token and t.ended_at is null
            for update of t skip locked
            """;

    private static final String PICK_LEASES = """
            select l.election_name, l.token, l.renewal from {rows} k
            join {lease} l on l.election_name = k.election
            for update of l skip locked
            """;

    private static final String END = """
            update {term} t set ended_at = {now}, end_reason = k.reason from {rows} k
            where t.election_name = k.election and t.token = k.token and t.ended_at is null
            """;

    private static final String TAKE = """
            update {lease} l
            set token = k.token, renewal = 0, holder_id = k.holder, ttl_ms = k.ttl,
                renewed_at = {now}, expires_at = {nowPlusTtl}, acquired_incarnation = :incarnation, step_down_token = null
            from {rows} k where l.election_name = k.election
            """;

    private static final String INSERT_LEASES = """
            insert into {lease} (election_name, token, renewal, holder_id, ttl_ms,
                                 renewed_at, expires_at, acquired_incarnation)
            select k.election, k.token, 0, k.holder, k.ttl, {now}, {nowPlusTtl}, :incarnation from {rows} k
            on conflict do nothing returning election_name
            """;

    private static final String INSERT_TERMS = """
            insert into {term} (election_name, token, holder_id, node_name, metadata, ttl_ms, started_at)
            select k.election, k.token, k.holder, k.node, k.metadata, k.ttl, {now} from {rows} k
            """;
}
