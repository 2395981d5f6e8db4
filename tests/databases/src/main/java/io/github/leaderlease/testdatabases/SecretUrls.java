package io.github.leaderlease.testdatabases;

import java.util.stream.Stream;

/** URLs with a secret in them which lead nowhere: wrong drivers, wrong addresses, wrong parameters, and no server. */
public final class SecretUrls {

    /** What must not be repeated. */
    public static final String SECRET = "s3cr3t-Zq7";

    private SecretUrls() {}

    /** One of each kind, in the ways of each driver. */
    public static Stream<String> all() {
        String parameters = "user=u&password=" + SECRET;
        return Stream.of(
                "jdbc:oracle:thin:u/" + SECRET + "@localhost:1/x?password=" + SECRET,
                "jdbc:postgres://localhost/x?" + parameters,
                "postgresql://u:" + SECRET + "@localhost/x",
                "jdbc:sqlserver://localhost;user=u;password=" + SECRET,
                "jdbc:postgresql://127.0.0.1:1/x?" + parameters,
                "jdbc:postgresql://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:postgresql://127.0.0.1:1/x?" + parameters + "&sslmode=nonsense",
                "jdbc:postgresql://u:" + SECRET + "@127.0.0.1:1/x",
                "jdbc:mysql://127.0.0.1:1/x?" + parameters,
                "jdbc:mysql://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:mysql://127.0.0.1:1/x?" + parameters + "&connectTimeout=" + SECRET,
                "jdbc:mysql://127.0.0.1:1/x?" + parameters + "&sslMode=nonsense",
                "jdbc:mysql://u:" + SECRET + "@127.0.0.1:1/x",
                "jdbc:mysql://u:" + SECRET + "@127.0.0.1:1:2:/x??=",
                "jdbc:mysql://(host=127.0.0.1,port=1,user=u,password=" + SECRET + ")/x",
                "jdbc:mysql://address=(host=127.0.0.1)(port=1)(password=" + SECRET + ")/x",
                "jdbc:mysql:nonsense://u:" + SECRET + "@127.0.0.1/x",
                "jdbc:mariadb://127.0.0.1:1/x?" + parameters,
                "jdbc:mariadb://127.0.0.1:nonsense/x?" + parameters,
                "jdbc:mariadb://127.0.0.1:1/x?" + parameters + "&sslMode=nonsense",
                "jdbc:mariadb:nonsense//127.0.0.1:1/x?" + parameters,
                "jdbc:mariadb://address=(host=127.0.0.1)(port=1)(nonsense=" + SECRET + ")/x?" + parameters,
                "jdbc:h2:tcp://127.0.0.1:1/./x;USER=u;PASSWORD=" + SECRET,
                "jdbc:h2:tcp://127.0.0.1:1/./x;NONSENSE=1;PASSWORD=" + SECRET,
                "jdbc:h2:tcp://127.0.0.1:1/./x;PASSWORD=" + SECRET + ";PASSWORD=" + SECRET + "2",
                "jdbc:h2:mem:x;PASSWORD=" + SECRET,
                "jdbc:h2:file:x;PASSWORD=" + SECRET,
                "jdbc:" + SECRET);
    }
}
