interface Window {
  Plotly: any; // of the script that shared/plot.js loads
}
