package io.github.leaderlease.testdatabases;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Runs a test class once for each {@link DatabaseUnderTest} of some products. The class takes it in its constructor, or in a field
 * with {@code @Parameter}, and asks it for a database in {@code @BeforeEach}: that aborts the tests of one that cannot be
 * had.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ParameterizedClass(name = "{0}")
@ArgumentsSource(DatabaseArguments.class)
public @interface ForEachDatabase {
    /** The products. */
    Engine[] value();
}
