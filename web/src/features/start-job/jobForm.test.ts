import { expect, test } from "vitest";
import { checkForm, emptyForm, type JobForm, requestOf } from "./jobForm";

const filled: JobForm = {
  ...emptyForm(3),
  customerName: " John Doe ",
  carModel: "Tata Harrier",
  plate: "dl01ab1234",
};

test("an empty form names every field that is missing, in the order of the page", () => {
  expect(Object.keys(checkForm(emptyForm(null)))).toEqual([
    "pitId",
    "carModel",
    "plate",
    "customerName",
  ]);
  expect(requestOf(emptyForm(3))).toBeNull();
});

test("the request is tidy and leaves out what was not given", () => {
  expect(requestOf(filled)).toEqual({
    customer_name: "John Doe",
    car_model: "Tata Harrier",
    car_plate: "DL01AB1234",
    pit_id: 3,
    work_type: "Full PPF",
    estimated_duration_minutes: 360,
  });
});

test("a phone number is sent in E.164 and refused without country code", () => {
  expect(requestOf({ ...filled, phone: "+91 98765-43210" })?.customer_phone).toBe("+919876543210");
  expect(checkForm({ ...filled, phone: "98765 43210" })).toEqual({ phone: "start.phoneWrong" });
});

test.each(["", "0", "-5", "1.5", "43201", "soon"])("%j minutes are refused", (minutes) => {
  expect(checkForm({ ...filled, minutes })).toEqual({ minutes: "start.durationWrong" });
});
