package io.github.leaderlease;

import java.time.Duration;

/** Nobody is told. */
final class Silent implements Notices {

    @Override
    public void late(Duration by) {}

    @Override
    public void databaseAway(Throwable cause) {}

    @Override
    public void databaseBack(Duration after) {}

    @Override
    public void presenceAway(Throwable cause) {}

    @Override
    public void presenceBack() {}
}
