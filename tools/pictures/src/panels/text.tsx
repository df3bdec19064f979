// text: markdown or HTML.
import { renderTextPanelMarkdown, textUtil } from '@grafana/data';
import type { DrawProps } from './index';

export function TextPanel({ panel, width, height, replaceVariables }: DrawProps) {
  const { mode = 'markdown', content = '' } = panel.options;
  const text = replaceVariables(content);
  const html = mode === 'markdown' ? renderTextPanelMarkdown(text) : textUtil.sanitizeTextPanelContent(text);
  return <div className="markdown-html" style={{ width, height, overflow: 'hidden' }} dangerouslySetInnerHTML={{ __html: html }} />;
}
