import { createContext, useContext } from 'react';
import type { ChatModel } from './chat-model.ts';

export const ChatContext = createContext<ChatModel | null>(null);

export const useChat = (): ChatModel => {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error('outside of a signed-in screen');
  return chat;
};
