/** How MySQL and MariaDB spells what the protocol needs. Found by {@link java.util.ServiceLoader}; nothing in here is for users. */
@NullMarked
package io.github.leaderlease.mysql;

import org.jspecify.annotations.NullMarked;
