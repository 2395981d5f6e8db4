package io.github.leaderlease.cli.demo;

/** Who told what. */
record Sighting(Member who, NodeReport report) {}
