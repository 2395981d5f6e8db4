package io.github.leaderlease.testdatabases;

import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.mysql.MySQLContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** A server in a container, for machines with a Docker engine on which nothing else can be had. */
final class ContainerSource implements Source {
    private final String image;

    ContainerSource(String image) {
        this.image = image;
    }

    @Override
    public boolean local() {
        return false;
    }

    @Override
    public TestServer start(DatabaseUnderTest tested, boolean alone) throws AbsentException {
        // Asked first, because Testcontainers logs a page of stack traces where there is no engine.
        boolean possible = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        if (!possible || !DockerClientFactory.instance().isDockerAvailable()) {
            throw new AbsentException("there is no Docker engine for the image " + image);
        }
        JdbcDatabaseContainer<?> container = container(tested.engine());
        container.start();
        Endpoint endpoint = UrlSource.parse(container.getJdbcUrl(), container.getUsername(), container.getPassword());
        return new TestServer(tested, endpoint, "container " + image, null);
    }

    @SuppressWarnings("resource") // Testcontainers removes its containers when this JVM ends
    private JdbcDatabaseContainer<?> container(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> new PostgreSQLContainer(image).withUsername(Endpoint.USER);
            case MYSQL -> new MySQLContainer(image).withUsername("root");
            case MARIADB -> new MariaDBContainer(image).withUsername("root");
            case H2 -> throw new IllegalArgumentException("H2 needs no container");
        };
    }
}
