#include "jobs/condition_endpoints.h"

namespace pitview::jobs {

using api::Caller;
using api::Method;
using api::Needs;
using api::Nothing;

struct JobConditionsPath {
  JobId id;
};
BOOST_DESCRIBE_STRUCT(JobConditionsPath, (), (id))

void add_condition_endpoints(api::Api& api, JobConditionsService& service) {
  api.add<JobConditionsPath, Nothing, Nothing, JobConditions>(
      {.method = Method::get,
       .path = "/api/jobs/{id}/conditions",
       .needs = Needs(Permission::jobs_read),
       .id = "get_job_conditions",
       .summary = "What the air was while a job was done",
       .tag = "jobs",
       .description = "How long temperature, humidity, dew-point margin and air quality were measured and within the "
                      "bands of each stage, with their least, mean and greatest values. Up to now while the job runs; "
                      "frozen when it is over. Readings that devices send late still count until is_final, three days "
                      "after the end.",
       .problems = {Errc::not_found, Errc::unavailable}},
      [&service](Caller& caller, auto input) { return service.find(caller.principal, input.path.id); });
}

}  // namespace pitview::jobs
