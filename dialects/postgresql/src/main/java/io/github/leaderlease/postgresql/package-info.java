/** How PostgreSQL spells what the protocol needs. Found by {@link java.util.ServiceLoader}; nothing in here is for users. */
@NullMarked
package io.github.leaderlease.postgresql;

import org.jspecify.annotations.NullMarked;
