// An export under way: CSV as fast as it is read. Holds some ten kilobytes, whatever the
// length of the whole, and no database connection between two parts.
#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>

#include "exports/csv.h"
#include "exports/exports_repository.h"

namespace pitview::exports {

// Somebody who reads so slowly is let go, so that the place is free again, and so that nobody
// who has been disabled meanwhile reads on for long.
inline constexpr std::chrono::minutes kLongestExport{30};

class ExportSource {
 public:
  // `place` is given back with *this.
  ExportSource(const Clock& clock, std::shared_ptr<void> place)
      : clock_(clock), until_(clock.now() + kLongestExport), place_(std::move(place)) {}
  ExportSource(const ExportSource&) = delete;
  ExportSource& operator=(const ExportSource&) = delete;
  virtual ~ExportSource() = default;

  // The next part; empty: that was all. std::runtime_error after kLongestExport; those of postgres.
  Awaitable<std::string> next();

 protected:
  // False: there are no more.
  virtual Awaitable<bool> add_rows(CsvWriter& csv) = 0;
  void begin(std::initializer_list<std::string_view> columns);

 private:
  const Clock& clock_;
  const Timestamp until_;
  const std::shared_ptr<void> place_;
  CsvWriter csv_;
  bool over_ = false;
};

class JobsExport : public ExportSource {
 public:
  JobsExport(ExportsRepository& repository, const Clock& clock, std::shared_ptr<void> place, WorkshopId workshop,
             Span span);

 private:
  Awaitable<bool> add_rows(CsvWriter& csv) override;

  ExportsRepository& repository_;
  const WorkshopId workshop_;
  const Span span_;
  JobId after_;
};

class ReadingsExport : public ExportSource {
 public:
  ReadingsExport(ExportsRepository& repository, const Clock& clock, std::shared_ptr<void> place, WorkshopId workshop,
                 PitId pit, Span span);

 private:
  Awaitable<bool> add_rows(CsvWriter& csv) override;

  ExportsRepository& repository_;
  const WorkshopId workshop_;
  const PitId pit_;
  const Timestamp to_;
  ReadingKey after_;
};

}  // namespace pitview::exports
