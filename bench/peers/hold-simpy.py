"""
The hold model of bench/kernel/hold/hold.ts on SimPy 3 or 4.
Arguments: the file of delays, the entities, the events, the iterations. Writes one line of JSON.
"""
import json
import sys
import time

import simpy

GOLDEN_RATIO = 0x9E3779B9
DELAY_TABLE_BITS = 12
WORD = 0xFFFFFFFF


class Hold:
    def __init__(self, delays, entities, events_max):
        self.delays = delays
        self.entities = entities
        self.events_max = events_max
        self.states = [((entity + 1) * GOLDEN_RATIO) & WORD for entity in range(entities)]
        self.events = 0
        self.sum = 0

    def delay_of(self, entity):
        word = self.states[entity] = (self.states[entity] + GOLDEN_RATIO) & WORD
        word = ((word ^ (word >> 16)) * 0x85EBCA6B) & WORD
        word = ((word ^ (word >> 13)) * 0xC2B2AE35) & WORD
        return self.delays[(word ^ (word >> 16)) >> (32 - DELAY_TABLE_BITS)]

    def hit(self, entity, now):
        self.events += 1
        self.sum = (self.sum + now * (entity + 1)) & WORD


def act(environment, hold, done, entity):
    while True:
        yield environment.timeout(hold.delay_of(entity))
        if done.triggered:
            # Others may be due at the very time of the last event.
            return
        hold.hit(entity, environment.now)
        if hold.events == hold.events_max:
            done.succeed()


def iterate(hold):
    environment = simpy.Environment()
    done = environment.event()
    for entity in range(hold.entities):
        environment.process(act(environment, hold, done, entity))
    begun = time.thread_time()
    environment.run(until=done)
    return 1000 * (time.thread_time() - begun)


def main():
    with open(sys.argv[1], encoding="ascii") as file:
        delays = [int(line) for line in file]
    entities, events_max, iterations = (int(argument) for argument in sys.argv[2:5])
    samples = []
    for iteration in range(iterations + 1):
        hold = Hold(delays, entities, events_max)
        milliseconds = iterate(hold)
        # The first is the warm-up.
        if iteration > 0:
            samples.append({"amount": events_max, "cpuMs": milliseconds})
    print(json.dumps({"samples": samples, "check": f"{hold.events} {hold.sum}"}))


main()
