// The hold model of bench/kernel/hold/hold.ts on the event core of ns-3, with its default scheduler.
// Arguments: the file of delays, the entities, the events, the iterations. Writes one line of JSON.
//
//   g++ -O2 -std=c++17 hold-ns3.cpp -o hold-ns3 -lns3-core

#include <ns3/core-module.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <vector>

using namespace ns3;

static const uint32_t kGoldenRatio = 0x9e3779b9;
static const int kDelayTableBits = 12;

static std::vector<int64_t> delays;
static std::vector<uint32_t> states;
static uint64_t eventsMax = 0;
static uint64_t events = 0;
static uint32_t sum = 0;

static int64_t DelayOf(uint32_t entity)
{
  uint32_t word = states[entity] += kGoldenRatio;
  word = (word ^ (word >> 16)) * 0x85ebca6b;
  word = (word ^ (word >> 13)) * 0xc2b2ae35;
  return delays[(word ^ (word >> 16)) >> (32 - kDelayTableBits)];
}

static void Act(uint32_t entity)
{
  events += 1;
  sum += static_cast<uint32_t>(Simulator::Now().GetMilliSeconds()) * (entity + 1);
  if (events == eventsMax) Simulator::Stop();
  else Simulator::Schedule(MilliSeconds(DelayOf(entity)), &Act, entity);
}

static double CpuMs()
{
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double Iterate(uint32_t entities)
{
  events = 0;
  sum = 0;
  states.resize(entities);
  for (uint32_t entity = 0; entity < entities; entity += 1) states[entity] = (entity + 1) * kGoldenRatio;
  for (uint32_t entity = 0; entity < entities; entity += 1)
    Simulator::Schedule(MilliSeconds(DelayOf(entity)), &Act, entity);
  const double begun = CpuMs();
  Simulator::Run();
  const double taken = CpuMs() - begun;
  Simulator::Destroy();
  return taken;
}

int main(int, char **arguments)
{
  std::ifstream file(arguments[1]);
  for (int64_t delay; file >> delay;) delays.push_back(delay);
  const uint32_t entities = atoi(arguments[2]);
  eventsMax = atoll(arguments[3]);
  const int iterations = atoi(arguments[4]);
  Iterate(entities);
  printf("{\"samples\":[");
  for (int i = 0; i < iterations; i += 1)
    printf("%s{\"amount\":%llu,\"cpuMs\":%.3f}", i == 0 ? "" : ",",
           static_cast<unsigned long long>(eventsMax), Iterate(entities));
  printf("],\"check\":\"%llu %u\"}\n", static_cast<unsigned long long>(events), sum);
  return 0;
}
