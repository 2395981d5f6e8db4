package io.github.leaderlease;

import org.jspecify.annotations.Nullable;

/** When the engine has something to do next. */
final class NextWakeup {

    private NextWakeup() {}

    /**
     * The earliest of all that is due.
     *
     * @param latest when to wake in any case
     * @param readAllowedAt when the next read may be sent; null while one is under way
     * @param renewalAllowedAt the same for renewals
     */
    static long next(
            Iterable<Candidate> candidates,
            long latest,
            @Nullable Long readAllowedAt,
            @Nullable Long renewalAllowedAt) {
        long next = latest;
        for (Candidate candidate : candidates) {
            ElectionState state = candidate.state();
            if (state.role() instanceof Role.Leading leading) {
                next = Monotonic.earlier(
                        next, leading.anchor().nanos() + candidate.me().timing().trustNanos());
                if (renewalAllowedAt != null
                        && !candidate.calls().renews(leading.key().token())) {
                    next = Monotonic.earlier(next, Monotonic.later(leading.renewDueAt(), renewalAllowedAt));
                }
                if (leading.draining() != null) {
                    next = Monotonic.earlier(next, leading.draining().until());
                } else if (leading.resignAt() != null) {
                    next = Monotonic.earlier(next, leading.resignAt());
                }
            } else if (state.follows() && readAllowedAt != null) {
                next = Monotonic.earlier(next, Monotonic.later(state.readDueAt(), readAllowedAt));
            }
        }
        return next;
    }
}
