package io.github.leaderlease.integration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * One class of these at a time, beside classes that mostly wait. They take longest, so they begin first: nothing is left to
 * wait for at the end of the build but tests that can share it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock("all processors")
@Order(1)
@interface KeepsProcessorsBusy {}
