package io.aktnode.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the picture: which module may use what. */
@AnalyzeClasses(packages = "io.aktnode", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule nnKnowsNeitherMessagingNorTheOtherModules =
            noClasses()
                    .that()
                    .resideInAPackage("io.aktnode.nn..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "akka..",
                            "io.aeron..",
                            "org.agrona..",
                            "com.typesafe.config..",
                            "io.aktnode.protocol..",
                            "io.aktnode.actors..",
                            "io.aktnode.ops..");

    @ArchTest
    static final ArchRule protocolHoldsNoMaths =
            noClasses()
                    .that()
                    .resideInAPackage("io.aktnode.protocol..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "io.aktnode.nn..",
                            "io.aktnode.actors..",
                            "io.aktnode.ops..",
                            "org.nd4j..",
                            "org.deeplearning4j..");

    @ArchTest
    static final ArchRule actorsDoNotKnowOps =
            noClasses()
                    .that()
                    .resideInAPackage("io.aktnode.actors..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.aktnode.ops..", "org.nd4j..", "org.deeplearning4j..");

    @ArchTest
    static final ArchRule opsLeavesArithmeticToNn =
            noClasses()
                    .that()
                    .resideInAPackage("io.aktnode.ops..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.nd4j..", "org.bytedeco..", "io.aeron..");

    @ArchTest
    static final ArchRule nd4jOperationsAreCalledInTheKernelPackageOnly =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.aktnode.nn.kernel..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.nd4j.linalg.api.ops..", "org.nd4j.nativeblas..", "org.bytedeco..");

    @ArchTest
    static final ArchRule arraysOfNd4jStayInTheKernelAndWhereGraphsAreDescribed =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.aktnode.nn.kernel..")
                    .and()
                    .doNotHaveFullyQualifiedName("io.aktnode.nn.engine.GraphParameters")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.nd4j.linalg.api.ndarray..", "org.nd4j.linalg.factory..");
}
