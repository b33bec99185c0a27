package rounds;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.CascadingUpdateShadowVariable;
import ai.timefold.solver.core.api.domain.variable.InverseRelationShadowVariable;
import ai.timefold.solver.core.api.domain.variable.NextElementShadowVariable;
import ai.timefold.solver.core.api.domain.variable.PlanningListVariable;
import ai.timefold.solver.core.api.domain.variable.PreviousElementShadowVariable;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintCollectors;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;
import java.util.ArrayList;
import java.util.List;

/** What Timefold is given: a list variable of visits for each shift, and its rules as streams. */
@PlanningSolution
public class Rounds {
    private static final long LACKING_S = 3600;

    @PlanningEntityCollectionProperty public List<Vehicle> vehicles = new ArrayList<>();
    @PlanningEntityCollectionProperty @ValueRangeProvider
    public List<Visit> visits = new ArrayList<>();
    @PlanningScore public HardSoftLongScore score;

    /** A team's shift, and whom it visits in order. */
    @PlanningEntity
    public static class Vehicle {
        @PlanningId public int number;
        @PlanningListVariable(allowsUnassignedValues = true)
        public List<Visit> visits = new ArrayList<>();
        int[][] seconds;
        int start;
        int end;
        int opens;
        int closes;
        int longest;
        int price;
        int[] room;
        boolean[] able;

        public Vehicle() {}

        public Vehicle(int number, int[][] seconds, int[] numbers, int[] room, boolean[] able) {
            this.number = number;
            this.seconds = seconds;
            this.start = numbers[0];
            this.end = numbers[1];
            this.opens = numbers[2];
            this.closes = numbers[3];
            this.longest = numbers[4];
            this.price = numbers[5];
            this.room = room;
            this.able = able;
        }
    }

    /** An errand. Begin, overrun and what can be put off follow from whoever is visited before. */
    @PlanningEntity
    public static class Visit {
        @PlanningId public int number;
        @InverseRelationShadowVariable(sourceVariableName = "visits") public Vehicle vehicle;
        @PreviousElementShadowVariable(sourceVariableName = "visits") public Visit previous;
        @NextElementShadowVariable(sourceVariableName = "visits") public Visit following;
        @CascadingUpdateShadowVariable(targetMethodName = "arrive") public Integer way;
        @CascadingUpdateShadowVariable(targetMethodName = "arrive") public Integer begins;
        @CascadingUpdateShadowVariable(targetMethodName = "arrive") public Integer over;
        @CascadingUpdateShadowVariable(targetMethodName = "arrive") public Integer waited;
        @CascadingUpdateShadowVariable(targetMethodName = "arrive") public Integer slack;
        int[][] seconds;
        int place;
        int service;
        int kind;
        int worth;
        int due;
        int latePerS;
        int[] opens;
        int[] closes;
        int[] load;

        public Visit() {}

        public Visit(
                int number, int[][] seconds, int[] numbers, int[] opens, int[] closes, int[] load) {
            this.number = number;
            this.seconds = seconds;
            this.place = numbers[0];
            this.service = numbers[1];
            this.kind = numbers[2];
            this.worth = numbers[3];
            this.due = numbers[4];
            this.latePerS = numbers[5];
            this.opens = opens;
            this.closes = closes;
            this.load = load;
        }

        /** Begin in the first window that is not over; when none is left at once, and too late. */
        public void arrive() {
            if (vehicle == null) {
                way = begins = over = waited = slack = null;
                return;
            }
            boolean isFirst = previous == null;
            int from = isFirst ? vehicle.start : previous.place;
            int free = isFirst ? vehicle.opens : previous.begins + previous.service;
            int toHere = seconds[from][place];
            int arrives = free + toHere;
            int window = 0;
            while (window < closes.length - 1 && closes[window] < arrives) {
                window++;
            }
            int start = Math.max(arrives, opens[window]);
            int idle = (isFirst ? 0 : previous.waited) + start - arrives;
            int room = isFirst ? vehicle.closes - vehicle.opens : previous.slack;
            way = toHere;
            begins = start;
            over = Math.max(0, start - closes[window]);
            waited = idle;
            slack = Math.min(room, idle + closes[window] - start);
        }

        int home() {
            return following == null ? seconds[place][vehicle.end] : 0;
        }

        long cost() {
            return way + home() + (long) Math.max(0, begins - due) * latePerS;
        }

        long broken() {
            long total = over + (vehicle.able[kind] ? 0 : LACKING_S);
            if (following == null) {
                int back = begins + service + home();
                int lasts = back - vehicle.opens - Math.max(0, Math.min(slack, waited));
                total += Math.max(0, back - vehicle.closes) + Math.max(0, lasts - vehicle.longest);
            }
            return total;
        }
    }

    /** What no plan may break, and what it costs. */
    public static class Rules implements ConstraintProvider {
        public static int kindsOfGear;

        @Override
        public Constraint[] defineConstraints(ConstraintFactory factory) {
            List<Constraint> rules = new ArrayList<>();
            for (int kind = 0; kind < kindsOfGear; kind++) {
                rules.add(room(factory, kind));
            }
            rules.add(factory.forEach(Visit.class)
                    .filter(visit -> visit.broken() > 0)
                    .penalizeLong(HardSoftLongScore.ONE_HARD, Visit::broken)
                    .asConstraint("hours and skills"));
            rules.add(factory.forEach(Visit.class)
                    .penalizeLong(HardSoftLongScore.ONE_SOFT, Visit::cost)
                    .asConstraint("travel and lateness"));
            rules.add(factory.forEachIncludingUnassigned(Visit.class)
                    .filter(visit -> visit.vehicle == null)
                    .penalizeLong(HardSoftLongScore.ONE_SOFT, visit -> visit.worth)
                    .asConstraint("left out"));
            rules.add(factory.forEach(Vehicle.class)
                    .filter(vehicle -> vehicle.price > 0 && !vehicle.visits.isEmpty())
                    .penalizeLong(HardSoftLongScore.ONE_SOFT, vehicle -> vehicle.price)
                    .asConstraint("going out"));
            return rules.toArray(new Constraint[0]);
        }

        private static Constraint room(ConstraintFactory factory, int kind) {
            return factory.forEach(Visit.class)
                    .filter(visit -> visit.load[kind] > 0)
                    .groupBy(visit -> visit.vehicle, ConstraintCollectors.sum(visit -> visit.load[kind]))
                    .filter((vehicle, load) -> load > vehicle.room[kind])
                    .penalizeLong(
                            HardSoftLongScore.ONE_HARD,
                            (vehicle, load) -> (load - vehicle.room[kind]) * LACKING_S)
                    .asConstraint("room for gear " + kind);
        }
    }
}
