/** Leaders and followers in processes of their own, which resign, are killed and are frozen. */
@NullMarked
package io.github.leaderlease.benchmark.lab;

import org.jspecify.annotations.NullMarked;
