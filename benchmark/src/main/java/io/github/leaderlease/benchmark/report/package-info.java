/** Figures as people and programs read them: distributions, tables, pictures, and files that hold them. */
@NullMarked
package io.github.leaderlease.benchmark.report;

import org.jspecify.annotations.NullMarked;
