package io.github.leaderlease.benchmark;

import io.github.leaderlease.benchmark.report.Progress;
import io.github.leaderlease.benchmark.report.Report;

/**
 * What all parts of a run share.
 *
 * @param size how thorough it is
 * @param report where answers go
 * @param progress where it is told how far we are
 */
public record Run(Size size, Report report, Progress progress) {}
