import { type FormEvent, useRef, useState } from "react";
import type { JobRequest } from "../../shared/api/client";
import type { Failure } from "../../shared/api/failure";
import type { Pit } from "../../shared/api/model";
import { useI18n } from "../../shared/i18n/I18nContext";
import { workTypeName } from "../../shared/i18n/stageName";
import { isFinished } from "../../shared/jobs/jobStatus";
import { usePitsValue } from "../../shared/live/LiveContext";
import { durationText } from "../../shared/time/format";
import { Button } from "../../shared/ui/Button";
import { FormField as Field } from "../../shared/ui/FormField";
import { failureText } from "../../shared/ui/failureText";
import { Notice } from "../../shared/ui/Notice";
import {
  checkForm,
  emptyForm,
  type FormErrors,
  type FormField,
  fieldOfRequest,
  type JobForm,
  minutesOf,
  requestOf,
  workTypes,
} from "./jobForm";

interface Props {
  pitId: number | null;
  onCreate: (request: JobRequest, beginsNow: boolean) => Promise<Failure | null>;
  onCancel: () => void;
}

const freePits = (pits: Pit[]): { id: number; number: number }[] =>
  pits
    .filter((pit) => pit.status === "active" && (pit.job === null || isFinished(pit.job.status)))
    .map((pit) => ({ id: pit.id, number: pit.pit_number }));

export function JobFormView({ pitId, onCreate, onCancel }: Props) {
  const { text, lookup } = useI18n();
  const free = usePitsValue(freePits);
  const [form, setForm] = useState<JobForm>(() => emptyForm(pitId ?? free[0]?.id ?? null));
  const [errors, setErrors] = useState<FormErrors>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);

  const change = (part: Partial<JobForm>) => {
    setForm((known) => ({ ...known, ...part }));
    setErrors((known) => without(known, Object.keys(part)));
  };
  const focusField = (field: string) =>
    element.current?.querySelector<HTMLElement>(`[name="${field}"]`)?.focus();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const found = checkForm(form);
    setErrors(found);
    setFailure(null);
    const [first] = Object.keys(found);
    if (first !== undefined) return focusField(first);
    const request = requestOf(form);
    if (request === null) return;
    setBusy(true);
    const failed = await onCreate(request, form.beginsNow);
    if (failed === null) return;
    setBusy(false);
    setFailure(failed);
    setErrors(refusedFields(failed));
  };

  const error = (field: FormField): string | undefined => {
    const key = errors[field];
    return key === undefined ? undefined : text(key);
  };
  const textInput = (field: "customerName" | "phone" | "carModel" | "plate" | "minutes") => ({
    name: field,
    value: form[field],
    onChange: (event: { target: HTMLInputElement }) => change({ [field]: event.target.value }),
  });
  const minutes = minutesOf(form);

  if (free.length === 0) {
    return (
      <>
        <p className="pb-5 text-base text-ink-2">{text("start.noFreePit")}</p>
        <Button kind="secondary" className="w-full" onClick={onCancel}>
          {text("action.close")}
        </Button>
      </>
    );
  }
  return (
    <form ref={element} noValidate onSubmit={(event) => void submit(event)}>
      <p className="mb-4 text-sm text-ink-3">{text("start.lead")}</p>
      <div className="flex flex-col gap-4">
        {failure !== null && <Notice kind="bad">{failureText(failure, text)}</Notice>}
        <div className="grid grid-cols-[2fr_1fr] gap-3">
          <Field label={text("start.workType")}>
            {(control) => (
              <select
                {...control}
                name="workType"
                value={form.workType}
                onChange={(event) => change(templateOf(event.target.value))}
              >
                {workTypes.map(({ name }) => (
                  <option key={name} value={name}>
                    {workTypeName(name, lookup)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={text("start.pit")} error={error("pitId")}>
            {(control) => (
              <select
                {...control}
                name="pitId"
                value={form.pitId ?? ""}
                onChange={(event) => change({ pitId: Number(event.target.value) })}
              >
                {free.map(({ id, number }) => (
                  <option key={id} value={id}>
                    {text("pit.name", { n: number })}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div className="grid gap-4 sm:grid-cols-2 sm:gap-3">
          <Field label={text("start.carModel")} error={error("carModel")}>
            {(control) => (
              <input {...control} {...textInput("carModel")} data-autofocus autoComplete="off" />
            )}
          </Field>
          <Field label={text("start.plate")} error={error("plate")}>
            {(control) => (
              <input
                {...control}
                {...textInput("plate")}
                autoComplete="off"
                autoCapitalize="characters"
                className={`${control.className} uppercase`}
              />
            )}
          </Field>
        </div>
        <Field label={text("start.customerName")} error={error("customerName")}>
          {(control) => <input {...control} {...textInput("customerName")} autoComplete="off" />}
        </Field>
        <Field label={text("start.phone")} hint={text("start.phoneHint")} error={error("phone")}>
          {(control) => (
            <input
              {...control}
              {...textInput("phone")}
              type="tel"
              inputMode="tel"
              autoComplete="off"
            />
          )}
        </Field>
        <Field
          label={text("start.duration")}
          hint={
            minutes === null
              ? undefined
              : text("start.durationHint", { duration: durationText(minutes, text) })
          }
          error={error("minutes")}
        >
          {(control) => (
            <input
              {...control}
              {...textInput("minutes")}
              inputMode="numeric"
              autoComplete="off"
              className={`${control.className} num`}
            />
          )}
        </Field>
        <label className="flex min-h-11 cursor-pointer items-center gap-3 text-base">
          <input
            type="checkbox"
            className="size-5 accent-accent"
            checked={form.beginsNow}
            onChange={(event) => change({ beginsNow: event.target.checked })}
          />
          {text("start.now")}
        </label>
      </div>
      <div className="mt-4 flex gap-2">
        <Button type="submit" busy={isBusy} data-testid="start-job-submit" className="flex-1">
          {text(isBusy ? "start.busy" : form.beginsNow ? "start.submit" : "start.submitWaiting")}
        </Button>
        <Button kind="secondary" onClick={onCancel}>
          {text("start.cancel")}
        </Button>
      </div>
    </form>
  );
}

function templateOf(name: string): Partial<JobForm> {
  const template = workTypes.find((candidate) => candidate.name === name);
  const minutes = template?.minutes ?? null;
  return { workType: name, minutes: minutes === null ? "" : String(minutes) };
}

const fieldErrors: Record<FormField, FormErrors[FormField] & string> = {
  pitId: "start.pitMissing",
  customerName: "start.customerNameMissing",
  phone: "start.phoneWrong",
  carModel: "start.carModelMissing",
  plate: "start.plateMissing",
  minutes: "start.durationWrong",
};

function refusedFields(failure: Failure): FormErrors {
  if (failure.kind !== "problem") return {};
  const errors: FormErrors = {};
  for (const name of failure.fields.keys()) {
    const field = fieldOfRequest[name];
    if (field !== undefined) errors[field] = fieldErrors[field];
  }
  return errors;
}

function without(errors: FormErrors, fields: readonly string[]): FormErrors {
  return Object.fromEntries(Object.entries(errors).filter(([field]) => !fields.includes(field)));
}
