package io.github.leaderlease.testdatabases;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The legs of {@link ForEachLeg}. */
final class LegArguments implements ArgumentsProvider, AnnotationConsumer<ForEachLeg> {
    private Engine[] engines = {};

    @Override
    public void accept(ForEachLeg annotation) {
        engines = annotation.value();
    }

    @Override
    public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        return Leg.of(engines).map(Arguments::of);
    }
}
