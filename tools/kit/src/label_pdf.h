// Sheets of labels as a PDF: the QR code that says the claim address, and beside it
// what a person types when no camera reads it.
#pragma once

#include <string>

#include "batch.h"
#include "label_sheet.h"

namespace pitview::kit {

// One label a device, in the batch's order. Throws KitError when an address is too
// long for a QR code that a phone reads at this size.
std::string draw_labels(const Batch& batch, const LabelSheet& sheet);

}  // namespace pitview::kit
