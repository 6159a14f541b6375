import type { JobRequest } from "../../shared/api/client";
import type { TextKey } from "../../shared/i18n/i18n";

/** The form's values as typed, its checks, and the request made from it. */

export interface JobForm {
  pitId: number | null;
  customerName: string;
  phone: string;
  carModel: string;
  plate: string;
  workType: string;
  minutes: string;
  beginsNow: boolean;
}

export type FormField = Exclude<keyof JobForm, "beginsNow" | "workType">;
export type FormErrors = Partial<Record<FormField, TextKey>>;

/** The plan's templates. Custom work has no duration of its own. */
export const workTypes = [
  { name: "Full PPF", minutes: 360 },
  { name: "Partial PPF", minutes: 180 },
  { name: "Ceramic Coating", minutes: 240 },
  { name: "Custom", minutes: null },
] as const;

export const emptyForm = (pitId: number | null): JobForm => ({
  pitId,
  customerName: "",
  phone: "",
  carModel: "",
  plate: "",
  workType: workTypes[0].name,
  minutes: String(workTypes[0].minutes),
  beginsNow: true,
});

/** The server's limit: 30 days. */
const longestMinutes = 30 * 24 * 60;

export const minutesOf = (form: JobForm): number | null => {
  const minutes = Number(form.minutes);
  const fits = Number.isInteger(minutes) && minutes >= 1 && minutes <= longestMinutes;
  return form.minutes.trim() !== "" && fits ? minutes : null;
};

/** E.164, after the spaces and dashes people type are taken out. */
const phoneOf = (form: JobForm): string => form.phone.replace(/[\s()-]/g, "");

/** In the order of the fields on the page, so that the first one can be focused. */
export function checkForm(form: JobForm): FormErrors {
  const phone = phoneOf(form);
  return {
    ...(form.pitId === null ? { pitId: "start.pitMissing" } : {}),
    ...(form.carModel.trim() === "" ? { carModel: "start.carModelMissing" } : {}),
    ...(form.plate.trim() === "" ? { plate: "start.plateMissing" } : {}),
    ...(form.customerName.trim() === "" ? { customerName: "start.customerNameMissing" } : {}),
    ...(phone !== "" && !/^\+[1-9]\d{7,14}$/.test(phone) ? { phone: "start.phoneWrong" } : {}),
    ...(minutesOf(form) === null ? { minutes: "start.durationWrong" } : {}),
  };
}

/** Null while the form has errors. */
export function requestOf(form: JobForm): JobRequest | null {
  const minutes = minutesOf(form);
  if (form.pitId === null || minutes === null || Object.keys(checkForm(form)).length > 0)
    return null;
  const phone = phoneOf(form);
  return {
    customer_name: form.customerName.trim(),
    car_model: form.carModel.trim(),
    car_plate: form.plate.trim().toUpperCase(),
    pit_id: form.pitId,
    work_type: form.workType,
    estimated_duration_minutes: minutes,
    ...(phone === "" ? {} : { customer_phone: phone }),
  };
}

/** The form's field for a field of the request that the server did not accept. */
export const fieldOfRequest: Readonly<Record<string, FormField>> = {
  pit_id: "pitId",
  customer_name: "customerName",
  customer_phone: "phone",
  car_model: "carModel",
  car_plate: "plate",
  estimated_duration_minutes: "minutes",
};
