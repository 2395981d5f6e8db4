package io.github.leaderlease.jdbc;

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
    final String pickOwnTerms;
    final String pickOwnLeases;
    final String vacate;

    ManySql(String takeFences, Texts texts) {
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
        String own = texts.arrays("election text", "token bigint", "holder text");
        pickOwnTerms = fill(texts, PICK_OWN.replace("{from}", "{term}").replace("{state}", "x.ended_at is null"), own);
        pickOwnLeases = fill(texts, PICK_OWN.replace("{from}", "{lease}").replace("{state}", "true"), own);
        vacate = fill(texts, VACATE, texts.arrays("election text", "heir text"));
    }

    private static String fill(Texts texts, String text, String arrays) {
        String expiry = texts.dialect().nowPlusMillis("k.ttl");
        String vacated = LeaseSql.VACATED.replace("{heir}", "k.heir");
        return texts.fill(text.replace("{vacatedByRow}", vacated)
                .replace("{rows}", arrays)
                .replace("{nowPlusTtl}", expiry));
    }

    private static final String PRESENT = """
            select p.incarnation, p.now_ms, k.election as election_name,
                   (select max(t.token) from {term} t where t.election_name = k.election) as newest
            from (select {incarnation} as incarnation, {nowMillis} as now_ms) p cross join {rows} k
            """;

    /** Only rows that nobody else is about to change: no waiting, hence no deadlock. */
    private static final String PICK_TERMS = """
            select t.election_name from {rows} k
            cross join lateral (select x.election_name from {term} x
                                where x.election_name = k.election and x.token = k.token and x.ended_at is null
                                limit 1 for update skip locked) t
            """;

    private static final String PICK_LEASES = """
            select l.election_name, l.token, l.renewal from {rows} k
            cross join lateral (select x.election_name, x.token, x.renewal from {lease} x
                                where x.election_name = k.election limit 1 for update skip locked) l
            """;

    private static final String PICK_OWN = """
            select own.election_name from {rows} k
            cross join lateral (select x.election_name from {from} x
                                where x.election_name = k.election and x.token = k.token and x.holder_id = k.holder
                                  and {state}
                                limit 1 for update skip locked) own
            """;

    private static final String VACATE = """
            update {lease} l
            set {vacatedByRow}
            from {rows} k
            cross join lateral (select x.ctid as place from {lease} x where x.election_name = k.election limit 1) own
            where l.ctid = own.place
            """;

    private static final String END = """
            update {term} t set ended_at = {now}, end_reason = k.reason
            from {rows} k
            cross join lateral (select x.ctid as place from {term} x
                                where x.election_name = k.election and x.token = k.token and x.ended_at is null
                                limit 1) own
            where t.ctid = own.place
            """;

    private static final String TAKE = """
            update {lease} l
            set token = k.token, renewal = 0, holder_id = k.holder, ttl_ms = k.ttl,
                renewed_at = {now}, expires_at = {nowPlusTtl}, acquired_incarnation = :incarnation, step_down_token = null,
                heir_node_id = null
            from {rows} k
            cross join lateral (select x.ctid as place from {lease} x where x.election_name = k.election limit 1) own
            where l.ctid = own.place
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
