/** How H2 spells what the protocol needs. Found by {@link java.util.ServiceLoader}; nothing in here is for users. */
@NullMarked
package io.github.leaderlease.h2;

import org.jspecify.annotations.NullMarked;
