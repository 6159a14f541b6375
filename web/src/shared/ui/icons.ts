import { Droplets, type LucideIcon, Thermometer, Wind } from "lucide-react";
import type { Quantity } from "../sensors/levels";

export const sensorIcons: Record<Quantity, LucideIcon> = {
  temperature: Thermometer,
  humidity: Droplets,
  aqi: Wind,
};
