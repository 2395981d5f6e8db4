package io.github.leaderlease.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions are measured, as the names of the jars tell. */
final class Libraries {

    private static final Map<String, String> JARS = titles();

    private Libraries() {}

    private static Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("shedlock-core", "ShedLock");
        titles.put("spring-integration-jdbc", "Spring Integration");
        titles.put("curator-recipes", "Curator");
        titles.put("jetcd-core", "jetcd");
        titles.put("redisson", "Redisson");
        titles.put("postgresql", "pgjdbc");
        titles.put("mysql-connector-j", "MySQL Connector/J");
        titles.put("mariadb-java-client", "MariaDB Connector/J");
        titles.put("h2", "H2");
        titles.put("HikariCP", "HikariCP");
        titles.put("jmh-core", "JMH");
        return titles;
    }

    static Map<String, String> versions() {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Map<String, String> versions = new LinkedHashMap<>();
        JARS.forEach((jar, title) -> {
            Matcher version =
                    Pattern.compile("/" + jar + "-([0-9][^/]*?)\\.jar").matcher(classPath);
            if (version.find()) {
                versions.put(title, version.group(1));
            }
        });
        return versions;
    }
}
