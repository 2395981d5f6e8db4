package io.github.leaderlease.demo;

/** Who told what. */
record Sighting(Member who, NodeReport report) {}
