package io.aktnode.it.agent;

import io.aktnode.protocol.control.Passport;

/** What a process shows of itself. Apart from the agent, which must not load what it changes. */
public final class Passports {

    private Passports() {}

    /** Called by what {@link FaultAgent} put into the making of passports. */
    public static Object ofAnOlderRelease(Object made) {
        Passport passport = (Passport) made;
        return new Passport(passport.controlVersion() - 1, passport.frameVersion(), passport.run());
    }
}
