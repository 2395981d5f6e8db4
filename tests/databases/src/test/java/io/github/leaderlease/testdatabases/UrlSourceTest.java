package io.github.leaderlease.testdatabases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UrlSourceTest {
    @Test
    void takesAUrlApartAndPutsItTogetherForAnotherDatabase() {
        Endpoint endpoint = UrlSource.parse("jdbc:postgresql://db.example:5433/app?sslmode=require", "u", "p");
        assertThat(endpoint.adminDatabase()).isEqualTo("app");
        assertThat(endpoint.port()).isEqualTo(5433);
        assertThat(Driver.POSTGRESQL.url(endpoint, "t1"))
                .isEqualTo("jdbc:postgresql://db.example:5433/t1?sslmode=require");
    }

    @Test
    void addsTheParametersOfTheDriverToAUrlWithoutAny() {
        Endpoint endpoint = UrlSource.parse("jdbc:mysql://localhost/app", "u", "p");
        assertThat(endpoint.port()).isZero();
        assertThat(Driver.CONNECTOR_J.url(endpoint, "t1"))
                .isEqualTo("jdbc:mysql://localhost/t1?allowPublicKeyRetrieval=true&sslMode=DISABLED");
        assertThat(Driver.MARIADB.url(endpoint, "t1"))
                .isEqualTo("jdbc:mariadb://localhost/t1?allowPublicKeyRetrieval=true");
    }

    @Test
    void leadsThroughAProxy() {
        Endpoint endpoint = UrlSource.parse("jdbc:mysql://127.0.0.1:3306/app", "u", "p");
        assertThat(Driver.CONNECTOR_J.url(endpoint.through(4000), "t1")).startsWith("jdbc:mysql://127.0.0.1:4000/t1?");
    }

    @Test
    void refusesWhatIsNoUrlOfAServer() {
        assertThatThrownBy(() -> UrlSource.parse("jdbc:h2:mem:x", "u", "p"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:h2:mem:x");
    }
}
