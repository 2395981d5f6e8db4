package io.github.leaderlease.testdatabases;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The databases of {@link ForEachDatabase}. */
final class DatabaseArguments implements ArgumentsProvider, AnnotationConsumer<ForEachDatabase> {
    private Engine[] engines = {};

    @Override
    public void accept(ForEachDatabase annotation) {
        engines = annotation.value();
    }

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        return DatabaseUnderTest.of(engines).map(Arguments::of);
    }
}
