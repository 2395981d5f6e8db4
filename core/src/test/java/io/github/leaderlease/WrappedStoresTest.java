package io.github.leaderlease;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.leaderlease.jdbc.JdbcLeaseStore;
import io.github.leaderlease.spi.LeaseStore;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store can do is of no use if what is put around it does not pass it on: the defaults say that it cannot. */
final class WrappedStoresTest {

    @ParameterizedTest
    @ValueSource(classes = {Reconnecting.class, JdbcLeaseStore.class})
    void everyMethodIsImplemented(Class<? extends LeaseStore> type) {
        assertThat(Arrays.stream(LeaseStore.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> !convenience(method))
                        .filter(method -> !declares(type, method)))
                .isEmpty();
    }

    /** Made of others. */
    private static boolean convenience(Method method) {
        return (method.getName().equals("read") && method.getParameterTypes()[0].equals(java.util.Map.class))
                || (method.getName().equals("release") && method.getParameterCount() == 2);
    }

    private static boolean declares(Class<?> type, Method method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
}
