/**
 * A Java agent for processes under test: it stands between the actors and their roles and does harm
 * when the test orders it. Nothing of it is in what is shipped.
 */
package io.aktnode.it.agent;
