package io.github.leaderlease.benchmark.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers are. Travels to other processes as words.
 *
 * @param all by name: url, user, password, zookeeper, etcd, redis; what does not run is missing
 */
public record Endpoints(Map<String, String> all) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** From words such as {@code redis=redis://127.0.0.1:6379}. */
    public static Endpoints parse(Iterable<String> words) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            all.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return new Endpoints(all);
    }

    /** What {@link #parse} takes. */
    public Iterable<String> words() {
        return all.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
    }

    /** A server that is there. */
    public String of(String name) {
        return Objects.requireNonNull(all.get(name), () -> "no " + name + " in " + all.keySet());
    }

    /** A server that may be there. */
    public @Nullable String find(String name) {
        return all.get(name);
    }

    /** A pool on the database, as an application has one. */
    public DataSource pool(int size) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(of("url"));
        settings.setUsername(of("user"));
        settings.setPassword(of("password"));
        settings.setMaximumPoolSize(size);
        settings.setConnectionTimeout(PATIENCE.toMillis());
        return new HikariDataSource(settings);
    }
}
