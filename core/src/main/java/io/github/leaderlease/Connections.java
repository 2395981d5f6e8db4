package io.github.leaderlease;

import java.sql.Connection;
import java.sql.SQLException;

/** Where our own connections come from. May block; called on lane threads only. */
@FunctionalInterface
interface Connections {

    Connection open() throws SQLException;
}
