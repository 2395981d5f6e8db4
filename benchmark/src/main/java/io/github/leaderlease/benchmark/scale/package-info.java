/** What calls, renewals, idle elections and crowds of candidates cost the client and the server. */
@NullMarked
package io.github.leaderlease.benchmark.scale;

import org.jspecify.annotations.NullMarked;
