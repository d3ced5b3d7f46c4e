// Starts the page.

import { createRoot } from "react-dom/client";
import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/screens.css";
import "./style/learning.css";
import { App } from "./app";
import { twin } from "./state/twin";

const place = document.getElementById("page");
if (place) createRoot(place).render(<App />);
void twin.start();
